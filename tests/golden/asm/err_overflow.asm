.stack 5
read2
read
