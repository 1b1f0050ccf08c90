
ByJ
NPÇ¿ç?~kõ