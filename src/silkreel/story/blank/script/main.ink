# title:{title} # lang:en
INCLUDE ep001.ink
-> ep001
