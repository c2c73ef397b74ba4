"""One module per sub-command of `raymi`: `main(arguments) -> exit code`; the first line of its docstring is its help."""
