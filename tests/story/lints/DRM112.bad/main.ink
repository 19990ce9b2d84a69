-> ep001
=== ep001 ===
# episode:1
-> a
= a
# scene:INT. ROOM A - DAY # loc:a
LIN: On. #id:ep001_a_A000
-> b
= b
# scene:INT. ROOM B - DAY # loc:b
LIN: On. #id:ep001_b_A000
-> c
= c
# scene:INT. ROOM C - DAY # loc:c
LIN: On. #id:ep001_c_A000
-> d
= d
# scene:INT. ROOM D - DAY # loc:d
LIN: On. #id:ep001_d_A000
-> e
= e
# scene:INT. ROOM E - DAY # loc:e
LIN: On. #id:ep001_e_A000
-> f
= f
# scene:INT. ROOM F - DAY # loc:f
LIN: On. #id:ep001_f_A000
-> END
