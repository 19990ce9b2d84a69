-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
Lin whispers “do not turn around” and gets in. #id:ep001_car_A1X9
-> END
