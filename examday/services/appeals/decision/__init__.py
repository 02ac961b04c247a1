"""What is found and decided in a case: readings, layers, findings, protocol, signatures."""
