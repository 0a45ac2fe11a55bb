.stack 3
.stack 4
