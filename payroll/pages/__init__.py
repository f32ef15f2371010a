"""What the pages show: words, rows and masks, prepared from the stored state; no HTTP."""
