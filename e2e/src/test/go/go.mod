module dev.ebb/lookalike

go 1.25
