# 2*x + 3*y + 10, all public: the shape of a plain regression
push.2
read
mul
push.3      # a second immediate: a second group
read
mul
add
push.10
add
