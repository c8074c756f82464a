"""From one row to many: expand, balance, the collator."""
