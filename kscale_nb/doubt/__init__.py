"""What the book does not know: how each input is uncertain, draws of the whole model, what drives them, and odds."""
