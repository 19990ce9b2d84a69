# title:Harbour Lights # lang:en
VAR trust = 0
VAR boat = "Marigold"
-> ep001

=== ep001 ===
# episode:1 # title:Low Tide # budget:30s
-> harbour

= harbour
# scene:EXT. OLD HARBOUR - NIGHT # loc:harbour
One lamp is still burning on the pier. #id:ep001_0000 #beat:hook
MARA: You kept my letter all these years. #id:ep001_0001
TOM: I kept the boat, too. She is still afloat. #id:ep001_0002
MARA: I came to sell her, Tom. The buyer is here at six. #id:ep001_0003 #beat:reversal
* [Show her the cabin first. #id:ep001_C001 #only:game]
    ~ trust += 1
    TOM: Then look at one thing before you sign. #id:ep001_G001 #only:game
    -> ep001.cabin
* [Give her the keys. #id:ep001_C002 #canon]
    -> ep001.quay

= cabin
# scene:INT. CABIN - NIGHT # loc:cabin # only:game
The wall is papered with her letters, every one she never sent. #id:ep001_G003
MARA: Where did you get these? #id:ep001_G004
TOM: Your father wrote them out for me. He said you would forget how. #id:ep001_G005
-> ep001.quay

= quay
# scene:EXT. QUAY - CONTINUOUS # loc:quay
TOM: The engine starts if you ask her nicely. #id:ep001_0004 #beat:payoff
{ trust > 0:
    MARA: Then ask her. I am staying. #id:ep001_G006 #only:game
- else:
    MARA: I never learned how to ask. #id:ep001_0005 #beat:cliffhanger
}
-> ep002

=== ep002 ===
# episode:2 # title:The Light # budget:30s
-> lighthouse

= lighthouse
# scene:INT. LIGHTHOUSE - DAWN # loc:lighthouse
The lamp turns once, and stops. #id:ep002_0A00 #beat:hook
{ trust > 0:
    TOM: We could run this light, you and I, and keep the {boat}. #id:ep002_G001 #only:game
    * [Say yes. #id:ep002_C001 #only:game]
        MARA: Show me which switch. #id:ep002_G002 #only:game
        -> END
    * [Buy the light for both of you. #id:ep002_C003 #only:game #price:30]
        TOM: It was never for sale. Until now. #id:ep002_G004 #only:game
        -> END
    * [Say not yet. #id:ep002_C002 #only:game #canon]
        MARA: Ask me again when it is dark. #id:ep002_G003 #only:game
        -> END
- else:
    MARA: The buyer never came. #id:ep002_0A01 #beat:reversal
    TOM: There never was a buyer, Mara. #id:ep002_0A02 #beat:cliffhanger
    -> END
}
