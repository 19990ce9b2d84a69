VAR trust = 0
-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive. #id:ep001_car_A1X9
CHEN: Where to? #id:ep001_car_B2Y8
~ trust += 1
{ trust > 0:
    LIN: She has your eyes. #id:ep001_car_C3Z7
- else:
    LIN: Ask your mother. #id:ep001_car_D4W6
}
-> END
