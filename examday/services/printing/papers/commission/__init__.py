"""What the commission of tiflo-translators prints."""
