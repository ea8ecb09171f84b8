"""The demo province: invented people and schools on real parts."""
