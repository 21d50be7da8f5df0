"""The book on paper and in readers: one PDF and one EPUB, made from the built pages."""
