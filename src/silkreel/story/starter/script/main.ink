# title:{title} # lang:en
VAR trust = 0
INCLUDE ep001.ink
INCLUDE ep002.ink
-> ep001
