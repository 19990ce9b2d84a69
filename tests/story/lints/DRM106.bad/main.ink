-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive as if the whole city were behind us tonight. #id:ep001_car_A1X9
-> END
