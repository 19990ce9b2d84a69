=== ep001 ===
# episode:1
-> opening

= opening
# scene:INT. SOMEWHERE - DAY
Something happens. #id:ep001_opening_5WCE
-> END
