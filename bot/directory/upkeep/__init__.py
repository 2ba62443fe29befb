"""Keeps the directory true: proposals, reports, owners' verification, notices to those who look after it."""
