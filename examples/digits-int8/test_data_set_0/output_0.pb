
ByJ
vmVjk|U«v”