"""The second document's test plan, carried out on the two machines that this book builds."""
