"""What the search chooses from: pairs, network, training; settings that are fixed, free or bounded."""
