"""What an analysis found, on paper: for a terminal, a spreadsheet, another program, a slide."""
