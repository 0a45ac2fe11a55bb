# Trailing NOOPs that lengthen the trace are part of the program.
.sponges 4
push.7
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
noop
