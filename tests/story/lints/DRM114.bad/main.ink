-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
CHEN: On. #id:ep001_car_B000
-> ep002
=== ep002 ===
# episode:2
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: On. #id:ep002_car_B000
-> ep003
=== ep003 ===
# episode:3
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: On. #id:ep003_car_B000
-> ep004
=== ep004 ===
# episode:4
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
CHEN: On. #id:ep004_car_B000
-> END
