VAR rich = false
-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: You are {rich: rich|poor}. #id:ep001_car_A1X9
CHEN: So<> #id:ep001_car_B2Y8
-> END
