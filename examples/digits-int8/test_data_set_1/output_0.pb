
ByJ
èlxNtn∑0è.