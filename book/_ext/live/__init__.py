"""What follows a premise: live numbers, the panel, the explorer, pages made from the model and the ledger."""
