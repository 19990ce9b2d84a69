-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
NARRATOR: It was the last night of summer. #id:ep001_car_Z0Z0
LIN: Drive. #id:ep001_car_A1X9
CHEN: Where to? #id:ep001_car_B2Y8
-> END
