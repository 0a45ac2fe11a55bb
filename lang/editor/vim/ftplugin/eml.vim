setlocal commentstring=#\ %s comments=:# shiftwidth=4 expandtab
