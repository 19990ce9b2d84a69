-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: You said you would come back for me. #id:ep001_car_A1X9
CHEN: I said a lot of things that night. #id:ep001_car_B2Y8
-> END
