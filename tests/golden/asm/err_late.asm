noop
.stack 3
