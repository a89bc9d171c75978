"""What a web shop's customers ask for, one module per matter."""
