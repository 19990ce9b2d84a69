-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
They drive. #id:ep001_car_A000
LIN: On. #id:ep001_car_B000 #beat:payoff
-> ep002
=== ep002 ===
# episode:2
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
They drive. #id:ep002_car_A000
LIN: On. #id:ep002_car_B000 #beat:payoff
-> ep003
=== ep003 ===
# episode:3
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
They drive. #id:ep003_car_A000
LIN: On. #id:ep003_car_B000 #beat:payoff
-> END
