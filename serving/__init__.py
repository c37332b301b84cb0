"""From weights to results in one command: `fiduciary serve --help`."""
