
BlogitsJ(VªB@0Oø8+õ¿ê<¡„¶øª—Úø{è9AoCr¡xÂz@*'¡