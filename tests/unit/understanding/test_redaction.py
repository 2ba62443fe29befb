import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.redaction import identifying_spans, redact

MASKS = ("[name]", "[phone]", "[email]", "[document]", "[address]", "[coordinates]", "[account]")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("her name is fatuma", "her name is [name]"),
        ("mr okello did it", "mr [name] did it"),
        ("it was john from logistics", "it was [name] from logistics"),
        ("call maria on 0772 123 456", "call [name] on [phone]"),
        ("whatsapp ٠٧٧٢١٢٣٤٥٦", "whatsapp [phone]"),
        ("mail p.w@gmail.com", "mail [email]"),
        ("her card 123-45C67890", "her card [document]"),
        ("GPS 12.6392, 37.4661", "GPS [coordinates]"),
        ("reach her at @amina_22", "reach her at [account]"),
        ("a girl by the name of Wanjiru came", "a girl by the name of [name] came"),
        ("Sunita didi saw it", "[name] saw it"),
        ("her line is 0772 then 123 then 456", "her line is [phone]"),
        ("her line is oh seven double five, 501 then 883", "her line is [phone]"),
        ("born on 3 March 2009", "born on [document]"),
        ("dob: 03/11/2009", "dob: [document]"),
        ("born March 3, 2009", "born [document]"),
        ("She is near the port. Amina was hurt", "She is near the port. [name] was hurt"),
        ("call chiamaka about her", "call [name] about her"),
        ("his group chat.whatsapp.com/K7sF55", "his group [account]"),
        ("write to ada.k[at]example.org", "write to [email]"),
        ("he is king_tyre01 on there", "he is [account] on there"),
        ("plate UAX 47F, white", "plate [document], white"),
        ("staff no. 44-0917 gave it", "staff no. [document] gave it"),
        ("Survivor: O. Katushabeza, 34", "Survivor: O. [name], 34"),
        ("N 13.6274 E 25.3492", "[coordinates]"),
        ("write to rasmane_od at example dot bf", "write to [email]"),
        ("his bank card 5213 7704 0098 1635", "his bank card [document]"),
        ("send it to hoszk22@instapay", "send it to [account]"),
        ("from the account 7d40be91c2", "from the account [account]"),
        ("card n° PK-77-3310", "card n° [document]"),
        ("the car 2-KTR-551 waits", "the car [document] waits"),
        ("he is 7abib_03 on there", "he is [account] on there"),
        ("she came with Amina and Baraka", "she came with [name] and [name]"),
    ],
)
def test_identifying_details_are_masked(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "call 112",
        "see IASC 2019 and WHO 2021",
        "page n° 12",
        "call n° 1195",
        "we gave USD 1500 to her",
        "MSF 1200 consultations",
        "resolution n° 13250 of that year",
        "version 2_beta",
        "the hotline number is 0800 720 999",
        "we work with UNHCR and WFP in Kenya",
        "the meeting is on Monday",
        "Please tell me in English",
        "what happens after the report",
        "the bus leaves at 7 then 9 then 11",
        "the training is on 03/11/2026",
        "the training is on 03-11-2026",
        "buses leave at 7 then 9 then 11 then 1",
        "girls aged 12, 13, 14, 15",
        "open 10-12, 14-17",
        "incidents in 2019, 2020, 2021",
        "call 112, 911, 999",
        "my contract ending 2025",
        "the Noor clinic",
        "samu was called",
        "where is a doctor in port selim",
        "In Honiara the clinic closes at 6",
        "fill in the referral_form first",
        "a plate of rice for 12 people",
        "el mo7a99i9a btes2al, 3ayza a7ki",
    ],
)
def test_services_places_and_dates_are_left(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "language", "masked"),
    [
        ("nacida el 3 de marzo de 2009", "es", "nacida el [document]"),
        ("f. nac. 4 de febrero de 2009", "es", "f. nac. [document]"),
        ("la placa de la moto es KDR 47F", "es", "la placa de la moto es [document]"),
        ("رقم القضية ق/٢٠٢٤/١٥٥٧", "ar", "رقم القضية [document]"),
        ("soixante-seize, cinquante-cinq, zéro deux, onze : son numéro", "fr", "[phone] : son numéro"),
        ("née le 1er mars 2009", "fr", "née le [document]"),
        ("1.500 sur 3.000 personnes ; 12.500 est dépensé", "fr", "1.500 sur 3.000 personnes ; 12.500 est dépensé"),
        ("gastamos 12.000 este mes", "es", "gastamos 12.000 este mes"),
        ("12.3456 nord, 1.5678 ouest", "fr", "[coordinates]"),
        ("l'enseignant M'Bayo, avec jean-wesley", "fr", "l'enseignant M'[name], avec [name]"),
        ("M'dame, on n'peut pas", "fr", "M'dame, on n'peut pas"),
        ("marie-toi d'abord, lui dit-il", "fr", "marie-toi d'abord, lui dit-il"),
        ("٣١٫٩٥٢٢ شمالاً ٣٥٫٩١٠٦ شرقاً", "ar", "[coordinates]"),
        ("جابوا خيمة و5 بطانيات", "ar", "جابوا خيمة و5 بطانيات"),
        ("ساكنة في الخيمة ك-٦٦", "ar", "ساكنة في [address]"),
        ("né il y a 3 mois", "fr", "né il y a 3 mois"),
        ("faut biper le 70 15 puis 55 puis 28", "fr", "faut biper le [phone]"),
        ("elle est au port. Aminata a été violée", "fr", "elle est au port. [name] a été violée"),
        ("trop fort Aminata a crié", "fr", "trop fort [name] a crié"),
        ("réfugié du Salvador", "fr", "réfugié du Salvador"),
        ("vive en San Cristóbal", "es", "vive en San Cristóbal"),
        ("el proyecto termina en 2025", "es", "el proyecto termina en 2025"),
        ("المشروع ينتهي ب 2025", "ar", "المشروع ينتهي ب 2025"),
        ("le sieur Bakolo l'attend", "fr", "le sieur [name] l'attend"),
        ("loi n° 2018-51", "fr", "loi n° 2018-51"),
        ("María y dolores de cabeza", "es", "[name] y dolores de cabeza"),
        ("Amina and Protection staff", "en", "[name] and Protection staff"),
        ("la Coordinatrice Amina est là", "fr", "la Coordinatrice [name] est là"),
        ("فاطمة، سلام عليكم", "ar", "[name]، سلام عليكم"),
        ("un permis de résidence Français", "fr", "un permis de résidence Français"),
        ("elle vit immeuble Les Palmes", "fr", "elle vit [address]"),
        ("avec Ilyas et Noufissa", "fr", "avec [name] et [name]"),
        ("نمرته م ن ٠٠٣٧٢", "ar", "نمرته [document]"),
        ("الشاهد: زرقوينو", "ar", "الشاهد: [name]"),
        # A number told bit by bit.
        ("it starts with 0913 and the rest is 55 207", "en", "it starts with [phone] and the rest is [phone]"),
        ("ça commence par 0844, la suite c'est 31 902", "fr", "ça commence par [phone], la suite c'est [phone]"),
        ("el número empieza por 0312 y termina en 88 214", "es", "el número empieza por [phone] y termina en [phone]"),
        ("اول الرقم 0788 والباقي 512 66", "ar", "اول الرقم [phone] والباقي [phone]"),
        ("page 12 starts with 30 questions, the rest is 14", "en", "page 12 starts with 30 questions, the rest is 14"),
        ("the number of 2023 ends in 2024 cases", "en", "the number of 2023 ends in 2024 cases"),
        ("من اول 2023 الى اخر 2024", "ar", "من اول 2023 الى اخر 2024"),
        # Where letters know no capitals, a word that nobody types is a name after what stands before names.
        ("مدام جلفدانه اتصلت بي", "ar", "مدام [name] اتصلت بي"),
        ("الست هناك تنتظر", "ar", "الست هناك تنتظر"),
        ("حكت لي عن زرقوينو جارها", "ar", "حكت لي عن [name] جارها"),
        ("حكت لي عن الاغتصاااب", "ar", "حكت لي عن الاغتصاااب"),
        ("حكت لي عن تعنيفها", "ar", "حكت لي عن تعنيفها"),
        ("call الشرطة now", "en", "call الشرطة now"),
        ("المحضر اتقيد 3318 لسنة 2022", "ar", "المحضر اتقيد [document]"),
        ("القرار رقم 16 لسنة 2014", "ar", "القرار رقم 16 لسنة 2014"),
        ("نمرته ط ر ق 5142", "ar", "نمرته [document]"),
        ("بيبلش ب ٠٧٧ وبعدين ٦٢٠ وآخرته ٤٤١٨", "ar", "بيبلش ب [phone] وبعدين [phone] وآخرته [phone]"),
        ("نايمة في هنجر 4 سرير 17", "ar", "نايمة في [address]"),
        ("خطيبها السابق لؤي هددها", "ar", "خطيبها السابق [name] هددها"),
    ],
)
def test_what_identifies_in_other_languages(text: str, language: str, masked: str) -> None:
    assert redact(text, language) == masked


PIECES = st.sampled_from(
    [
        "her name is fatuma",
        "call 0712 345 678",
        "a.b@c.org",
        "tent 14",
        "Ali",
        "mr",
        "and",
        ".",
        "block C",
        *MASKS,
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join)))
def test_redaction_is_idempotent_and_what_is_masked_is_gone(text: str) -> None:
    masked = redact(text)
    assert redact(masked) == masked
    assert identifying_spans(masked) == ()


@given(st.text())
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    spans = identifying_spans(text)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
