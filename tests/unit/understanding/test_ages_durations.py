import pytest

from bot.understanding.evidence import gather
from bot.understanding.grammar import load_grammar
from bot.understanding.lexicon import Lexicon
from bot.understanding.numbers import with_digits
from bot.understanding.signals import find


def value(text: str, signal: str) -> object:
    for found in find(text):
        if found.id == signal:
            return found.age if signal == "child" else found.hours
    return "no signal"


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("she is 13yrs", 13),
        ("a ten year old boy", 10),
        ("she is 15 or 16", 15),
        ("girl of fourteen", 14),
        ("between 12 and 14 years", 12),
        ("not yet 18", 17),
        ("baby of 8 months old", 0),
        ("she is still in primary school", None),
        ("the survivor is a minor", None),
    ],
)
def test_a_childs_age_is_read(text: str, age: object) -> None:
    assert value(text, "child") == age


@pytest.mark.parametrize(
    "text",
    [
        "she is 25",
        "a young woman wants to talk",
        "a girl came to my office",
        "i have been here for 12 years",
        "see page 12",
        "she has three children",
        "a minor issue with the form",
        "when i was a child we lived there",
    ],
)
def test_no_child_where_none_is_meant(text: str) -> None:
    assert value(text, "child") == "no signal"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("he raped her half an hour ago", 0.5),
        ("raped 2 days ago", 48),
        ("the day before yesterday he raped her", 48),
        ("an hour and a half ago he raped her", 1.5),
        ("raped five days ago", 120),
        ("she was raped last night", None),
        ("raped on monday", None),
    ],
)
def test_hours_since_an_assault(text: str, hours: object) -> None:
    assert value(text, "recent_assault") == hours


@pytest.mark.parametrize(
    "text",
    [
        "she was raped a week ago",
        "raped three years ago",
        "she told me yesterday that her husband raped her last year",
        "she came two hours ago to ask for food",
    ],
)
def test_what_is_not_a_recent_assault(text: str) -> None:
    assert value(text, "recent_assault") == "no signal"


def test_one_girl_is_no_age_but_aged_1_is() -> None:
    assert [signal.age for signal in find("the baby is aged 1 and was hurt") if signal.id == "child"] == [1]
    assert all(signal.age != 1 for signal in find("in school there is one girl, 14, and the cook"))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("elle a dix-sept ans", "elle a 17 ans"),
        ("dix neuf ans", "19 ans"),
        ("soixante-dix-huit ans", "78 ans"),
        ("soixante-dix ans", "70 ans"),
        ("quatre-vingts heures", "80 heures"),
        ("quatre-vingt-douze heures", "92 heures"),
        ("quatre vingts tentes", "80 tentes"),
        ("cent dix heures", "110 heures"),
        ("dix cas, sept femmes", "10 cas , 7 femmes"),
        ("deux filles, dix et huit ans", "2 filles , 10 et 8 ans"),
    ],
)
def test_french_numbers_of_several_words_are_one(text: str, digits: str) -> None:
    assert with_digits(Lexicon.load("fr").tokens(text), load_grammar("fr")).text == digits


@pytest.mark.parametrize(
    ("text", "language", "age"),
    [
        ("girl 15 years pregnant by a soldier", "en", 15),
        ("she turned fourteen last month", "en", 14),
        ("three weeks short of eighteen", "en", 17),
        ("her card says fifteen", "en", 15),
        ("elle doit avoir dans les huit ans", "fr", 8),
        ("gamine de 12 13 ans", "fr", 12),
        ("elle aura 18 dans deux mois", "fr", 17),
        ("sa carte indique seize", "fr", 16),
        ("le falta un mes para los 18", "es", 17),
        ("واحد ابو سبع سنين", "ar", 7),
        ("بنت الاربعطعش ضربها", "ar", 14),
        ("lui il a 42 ans, elle 15", "fr", 15),
        ("une élève de 5e, treize ans, violée", "fr", 13),
        ("mariée à 13 ans, elle en a 16 maintenant", "fr", 16),
        ("la menor de 13 fue violada", "es", 13),
        ("the child's 3rd birthday was last month", "en", 3),
        ("F/17, raped", "en", 17),
        ("تمت خمستاش الشهر الماضي", "ar", 15),
        ("عمرها اربعتاعشر", "ar", 14),
        ("hoy cumple 13", "es", 13),
        ("SURV F 14 / PERP M 40s, raped", "en", 14),
        ("qinze ans, violée", "fr", 15),
        ("primary 4, 10 years, raped", "en", 10),
        ("the girl wey be 13 years, dem touch am", "en", 13),
        ("a boy of 7yrs with his aunt", "en", 7),
        ("the 16 yr old has a 2 yr old baby", "en", 16),
        ("she came with her 9 year old baby sister", "en", 9),
        ("the mother has a 7 year old baby girl", "en", 7),
        ("victime, 15 a., abus", "fr", 15),
        ("son âge c'est douze", "fr", 12),
        ("una pelada de trece me contó", "es", 13),
        ("niña, 11a, abuso", "es", 11),
        ("أمها كبيرة والبنت نفسها 13", "ar", 13),
    ],
)
def test_an_age_is_read_however_it_is_told(text: str, language: str, age: int) -> None:
    assert gather(text, language).signal("child").age == age


@pytest.mark.parametrize(
    ("text", "language", "hours"),
    [
        ("la violaron el martes, van 3 dias", "es", 72),
        ("ca fait 72h pile ce midi, il l'a violée", "fr", 72),
        ("une heure à peine, on l'a violée", "fr", 1),
        ("ليلتين فاتوا على الاغتصاب", "ar", 48),
        ("trasantier la violaron", "es", 72),
        ("hora y media después de la violación", "es", 1.5),
        ("violée avant-avant-hier", "fr", 72),
        ("garçon, quinze ans, violé il y a 3 jours", "fr", 72),
        ("hundred and ten hrs since rape", "en", 110),
        ("raped the night b4 last", "en", 48),
        ("5 full days today since they raped her", "en", 120),
        ("يومين ونص من يوم اغتصبها", "ar", 60),
        ("este ya es el cuarto día desde la violación", "es", 96),
        ("هذا رابع يوم على الاغتصاب", "ar", 96),
        ("second day since he raped her", "en", 48),
        ("violée, deuxième jour depuis", "fr", 48),
        ("day 2 today since she was raped", "en", 48),
        ("incident J-3. viol", "fr", 72),
        ("viol, 48hs, pas lavée", "fr", 48),
        ("viol, H+6, amenée par la sœur", "fr", 6),
        ("on l'a violée il y a 3h30", "fr", 3.5),
        ("viol, trois jours se sont passés", "fr", 72),
        ("raped one hundred and ten hours ago", "en", 110),
        ("اغتصبها قبل خمس وعشرين ساعة", "ar", 25),
        ("la violaron hace 3 oras", "es", 3),
    ],
)
def test_stated_hours_count_before_a_day_that_is_named(text: str, language: str, hours: float) -> None:
    assert gather(text, language).signal("recent_assault").hours == hours


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("raped, then she waited a day at the gate", "en"),
        ("she walked 6 hours, rape survivor", "en"),
        ("she was raped, the bus leaves in an hour", "en"),
        ("violée, elle a attendu 2 heures", "fr"),
        ("violée, elle a marché 5 heures avec l'enfant", "fr"),
        ("elle a été violée et le rendez-vous est dans 2 jours", "fr"),
        ("la violaron y lleva 3 días sin dormir", "es"),
        ("la violaron, la cita es en un día", "es"),
        ("اغتصبها وانتظرت على الباب 3 ساعات", "ar"),
        ("اغتصبها والموعد بعد يومين", "ar"),
    ],
)
def test_waiting_a_journey_and_what_is_to_come_are_no_time_since(text: str, language: str) -> None:
    found = gather(text, language).found
    assert "recent_assault" not in found or found["recent_assault"].hours is None


@pytest.mark.parametrize(
    ("text", "language", "hours"),
    [
        ("raped and bleeding 5 hours", "en", 5),
        ("she was raped and kept there 2 days", "en", 48),
        ("needs pep, raped 20 hours ago", "en", 20),
        ("she waited, then came, 3 hours ago he raped her", "en", 3),
        ("elle veut la pep pour un viol il y a 100 heures", "fr", 100),
        ("kit pep, viol 20 heures", "fr", 20),
        ("necesita profilaxis, la violaron hace 20 horas", "es", 20),
        ("lleva 20 horas desde que la violaron", "es", 20),
        ("بدها علاج، اغتصبوها قبل 20 ساعة", "ar", 20),
    ],
)
def test_and_the_time_since_counts_beside_them(text: str, language: str, hours: float) -> None:
    assert gather(text, language).signal("recent_assault").hours == hours


def test_when_somebody_told_is_not_when_it_happened() -> None:
    found = gather("she told me 3 hours ago that he raped her", "en").found
    assert "recent_assault" not in found or found["recent_assault"].hours is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tomorrow the other 3.", "en"),
        ("we helped 5 families, the other 12.", "en"),
        ("she lost her son 2 years after the war", "en"),
        ("her daughter 3 years now in the camp", "en"),
        ("we are 3 days away from 12 villages", "en"),
        ("the project has 5 years.", "en"),
        ("a student 3 years in the program", "en"),
        ("a student 2 years after school", "en"),
        ("so 12 now in the tent", "en"),
        ("on était 20, donc 12 maintenant", "fr"),
        ("il y aura 15 le matin", "fr"),
        ("on en aura 10 cette semaine", "fr"),
        ("violée il y a 12 13 ans", "fr"),
        ("hace 10 12 años", "es"),
        ("faltan 3 cajas para los 12", "es"),
        ("الحرب صارت يعني 10 سنين", "ar"),
        ("la oficina atiende entre 8 y 12.", "es"),
        ("llegaron entre 10 y 15.", "es"),
        ("المكتب مفتوح بين 9 و5", "ar"),
        ("عنده 15 ورقة", "ar"),
        ("une quinzaine de personnes attendent", "fr"),
        ("الورقة اللي معي مكتوب 12 حالة", "ar"),
        ("j'ai 12 ans de métier", "fr"),
        ("el violador tiene 17 hermanos", "es"),
        ("there will be 12, it must be 17", "en"),
        ("her brother 12 years has worked here", "en"),
        ("daughter of 12 years of war", "en"),
        ("he got 15 years and she cries", "en"),
        ("دافعت عن نفسها 15 سنة", "ar"),
        ("una empresa china de 10 empleados", "es"),
        ("chapitre, 12 a", "fr"),
    ],
)
def test_numbers_of_other_things_are_no_ages(text: str, language: str) -> None:
    assert "child" not in {signal.id for signal in find(text, language)}
