
BlogitsJ(ž¤¢À°&RÀ¶=SÁåCÀUlfÀ"v6À„5ÁTR¾@\>´7n@