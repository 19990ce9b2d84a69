-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Line one. #id:ep001_car_A000
LIN: Line two. #id:ep001_car_A001
LIN: Line three. #id:ep001_car_A002
LIN: Line four. #id:ep001_car_A003
LIN: Line five. #id:ep001_car_A004 #beat:hook
They drive. #id:ep001_car_B000
-> END
