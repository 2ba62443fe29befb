"""The directory as other systems read it."""
