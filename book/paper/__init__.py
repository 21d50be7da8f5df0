"""The whole book in one file, for paper and for e-readers, made from the built pages: nothing is run anew."""
