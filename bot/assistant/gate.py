"""From what a message means to what the dialogue does: signals first, then the clearest label, else ask.

A danger signal wins over every intent. A message that only adds facts ("she is 15") informs. Below the
confidence threshold the user is asked, never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.understanding.ages import ADULT
from bot.understanding.answers import answer_among, tells_only, told
from bot.understanding.detection import LANGUAGES
from bot.understanding.grammar import load_grammar, resolve
from bot.understanding.lexicon import ConceptMatch, Lexicon, Token
from bot.understanding.noticing import is_question, is_short_denial, speaks_of_her, stated_age
from bot.understanding.reading import CONTROLS, TOPIC_PREFIX, Reading
from bot.understanding.signals import DANGER, DETAILS, consider

CANDIDATES = 3
"""Topics offered when unsure (architecture.md)."""


ABOUT_A_CASE = frozenset({"child", "recent_assault", "aid_worker_accused"})
"""Signals that speak of a disclosure, whatever else the message seems to be about."""

START = "start_guide"
"""The label of an account of a disclosure, as of the wish to begin."""

EMERGENCY = "danger_signal"
"""The intent of a message with a danger in it."""

TELL_OF_DOUBT = frozenset({"ask", "inform", "nlu_fallback", "start_guide"})
"""Intents whose replies tell of a danger in doubt; with any other it counts as one, but for a sure control, in
which the net has seen what is not there (`SURE_CONTROLS`)."""

TELLS = "inform"
"""The label of a message that tells something and asks nothing."""

ACCOUNT_RANKS = 3
"""Likeliest meanings among which an account is looked for when the likeliest is doubtful."""

ABOUT_THE_WRITER = frozenset({"ask/user_is_survivor", "ask/user_is_accused"})
"""Topics in which the writer is the one concerned: doubtful when the message holds signs of another's case."""

ABOUT_CONTACT = frozenset({"ask/remote_contact", "ask/written_disclosure", "ask/rumour_or_third_party"})
"""Topics about how a disclosure came: whoever tells it in passing has it taken in."""

CONTRADICTED = {"ask/happened_long_ago": frozenset({"recent_assault"})}
"""Topics that a sign in the same message rules out."""

SAME_AS_A_FACT = {"pregnant": "ask/pregnant", "recent_assault": "ask/health_windows"}
"""Signs whose note says what the answer to a topic does: "she is pregnant" is told, not asked."""

FACT_SHARE = 0.5
"""Share of a message that signs must cover, or of its telling words an age, for it to be a plain fact."""

SURE_MEANING = 0.95
"""Confidence from which a message with a plain fact in it is the account or the question that it seems to be ("my boss
forced me last night"); the fact is taken in all the same."""

PERSONS = ("she_word", "self_word", "_subject")
"""Concepts that only say of whom a message speaks."""


CLEAR_CONTROL = 0.6
"""Confidence from which a message that holds somebody's details is a control all the same."""

SURE_CONTROL = 0.97
"""Confidence from which a few words are a control whatever they are like."""

SURE_CONTROLS = {
    **dict.fromkeys(("next", "back", "repeat", "restart", "change_language", "wipe", "thanks", "greet", "unsure"), 4),
    "goodbye": 1,
    "find_service": 12,
}
"""Controls that cannot be a cry for help, as "stop" or "help" can, and up to how many words: farewells to everybody are
no controls, and where to sleep tonight is what a search is for."""

DENIES = "no"
"""The control for "no"."""

SEARCH = "find_service"
"""The control for looking up a service."""

SURE_TOPIC = 0.75
"""Confidence below which a short message that denies a sign ("elle ne saigne pas") is a fact and no question."""

WORDS_OF_A_PLACE = 3
"""Words of a message that may be the name of a place, or a service and a place."""

SOMEBODY_ELSE = frozenset(
    {
        *("relative_word", "staff", "aid_worker", "colleague", "manager", "driver", "guard", "teacher", "interpreter"),
        *("police", "soldier", "peacekeeper", "elder", "neighbour", "friend", "child_of_user", "own_children"),
    }
)
"""Concepts of people other than whom the message is about. Whose age is doubtful is asked: a wife of fifteen must not
count as an adult because her husband is one."""

AGE_WORDS = 7
WORDS_ABOUT_AGE = 10
"""Words of a message that only gives an age; of one that is taken for a question about it, or for a fact."""

AGE_TOPIC = f"{TOPIC_PREFIX}under_18_local_law"

ADULT_WORD = "_adult"
"""The concept of words that say of somebody that they are an adult."""

PERSON = (("person", "adult"), ("person", "child"))
"""What may be said of the person concerned."""

BESIDE = 1
"""Telling words beside it in a message that says nothing else."""


@dataclass(frozen=True)
class Decision:
    """A Rasa intent and the entities that go with it, as (name, value) pairs."""

    intent: str
    entities: tuple[tuple[str, str], ...] = ()


def decide(reading: Reading) -> Decision:
    """What the dialogue acts on. A danger in doubt is told of beside what the rest of the message calls for."""
    plainly = replace(reading, signals=tuple(signal for signal in reading.signals if not signal.is_doubtful))
    if {signal.id for signal in plainly.signals} & set(DANGER):
        return Decision(reading.label if _is_sure_control(reading) else EMERGENCY)
    decision = _decide_calmly(plainly)
    if plainly.signals != reading.signals and decision.intent not in TELL_OF_DOUBT and not _is_sure_control(reading):
        return Decision(EMERGENCY)
    return decision


def _decide_calmly(reading: Reading) -> Decision:
    """The same for a message with no danger in it."""
    found = {signal.id for signal in reading.signals}
    if _is_fact(reading) and found != {DETAILS} and not _means_more(reading):
        return Decision("inform")
    if _is_adult(reading):
        return Decision("inform", (("person", "adult"),))
    if found & ABOUT_A_CASE and _is_account(reading):
        # An account of what happened is no question: coach, do not quiz.
        return Decision("start_guide", told(reading.text, reading.language))
    if found == {DETAILS} and _may_be_no_control(reading):
        return Decision("inform")
    if reading.label == DENIES and _denies_a_sign(reading):
        return Decision("inform")
    if found & CONTRADICTED.get(reading.label, frozenset()):
        return Decision("inform")
    if _may_be_denial(reading) and _is_denial(reading):
        return Decision("inform")
    if not _is_sure(reading) and (facts := tells_only(reading.text, reading.language)):
        return Decision("inform", facts)
    asks = is_question(reading.text, reading.language)
    if reading.ask_back or (reading.label == TELLS and asks):
        if not asks and (found - {DETAILS} or reading.label == TELLS):
            return Decision("inform")
        return Decision(
            "nlu_fallback", tuple(("candidate", topic.label) for topic in reading.topics[:CANDIDATES])
        )
    if reading.label.startswith(TOPIC_PREFIX):
        # "no wait, it is by phone" tells how it came, "may I ask by phone?" does not.
        told_so = told(reading.text, reading.language) if reading.label in ABOUT_CONTACT and not asks else ()
        return Decision("ask", (("topic", reading.label[len(TOPIC_PREFIX) :]), *told_so))
    if reading.out_of_scope and found & ABOUT_A_CASE:
        return Decision("inform")
    if _is_no_word(reading):
        return Decision("out_of_scope")
    return Decision(reading.label, told(reading.text, reading.language) if reading.label == START else ())


def _is_sure_control(reading: Reading) -> bool:
    """Whether a few words steer the assistant beyond doubt ("one step back") and no rule sees a danger in them."""
    words = SURE_CONTROLS.get(reading.control or "", 0)
    if len(reading.text.split()) > words or reading.ranked[0].confidence < SURE_CONTROL:
        return False
    return not {signal.id for signal in consider(reading.text, reading.language).found} & set(DANGER)


def _may_be_no_control(reading: Reading) -> bool:
    """Whether a message is taken for a control without being clearly one: a survivor's number is no update of the
    directory. A few words that are taken for a search may be one: places are called like people ("port selim")."""
    if reading.control == SEARCH and len(reading.text.split()) <= WORDS_OF_A_PLACE:
        return any(character.isdigit() for character in reading.text)
    return reading.control is not None and reading.ranked[0].confidence < CLEAR_CONTROL


def _may_be_denial(reading: Reading) -> bool:
    """Whether the dialogue would ask back, or a sign is denied and the topic is none too sure. What is out of scope has
    to be sure and to deny nothing we know ("the printer is not working")."""
    unsure = bool(reading.ranked) and reading.ranked[0].confidence < SURE_TOPIC
    if reading.out_of_scope:
        return unsure or _denies_a_sign(reading)
    return reading.ask_back or (unsure and _denies_a_sign(reading))


def _denies_a_sign(reading: Reading) -> bool:
    """Whether a "no" says that a sign is not there ("she is not bleeding"): that is no answer to what was asked."""
    return bool(consider(reading.text, reading.language).denied)


def _is_no_word(reading: Reading) -> bool:
    """Whether a single word that nobody knows was taken for what a button says: it may be the name of a place."""
    of_button = reading.label not in CONTROLS and reading.control is None and not reading.out_of_scope
    words = reading.text.split()
    if len(words) != 1 or not of_button or reading.label.startswith(TOPIC_PREFIX):
        return False
    tokens = [token for code in LANGUAGES for token in Lexicon.load(code).tokens(reading.text)]
    return all(token.stem is None for token in tokens if token.word[0].isalnum())


def _is_account(reading: Reading) -> bool:
    """Whether a message without a clear question may well be somebody's account of a disclosure."""
    text, language = reading.text, reading.language
    if is_question(text, language):
        return False
    doubtful = reading.ask_back or (reading.label in ABOUT_THE_WRITER and speaks_of_her(text, language))
    among = reading.ranked[: ACCOUNT_RANKS if doubtful else 1]
    return any(entry.label == START for entry in among)


def _is_denial(reading: Reading) -> bool:
    """Whether a short message only says that something is not so."""
    text, language = reading.text, reading.language
    return is_short_denial(text, language) and not is_question(text, language)


def _is_fact(reading: Reading) -> bool:
    """Whether a message says little more than a sign: "she is 15" is told, not asked."""
    if is_question(reading.text, reading.language):
        return False
    covered = sum(signal.end - signal.start for signal in reading.signals)
    return covered >= FACT_SHARE * len(reading.text.strip()) > 0 or _tells_only_an_age(reading)


def _is_sure(reading: Reading) -> bool:
    """Whether what a message means is beyond doubt."""
    return bool(reading.ranked) and reading.ranked[0].confidence >= SURE_MEANING


def _means_more(reading: Reading) -> bool:
    """Whether a message with a plain fact in it is beyond doubt an account of a disclosure, or about a topic. A child's
    age is a fact whatever it seems to be about."""
    if not _is_sure(reading):
        return False
    found = {signal.id for signal in reading.signals}
    if reading.label == START:
        return True
    says_the_same = any(reading.label == topic for sign, topic in SAME_AS_A_FACT.items() if sign in found)
    return reading.label.startswith(TOPIC_PREFIX) and "child" not in found and not says_the_same


def _tells_only_an_age(reading: Reading) -> bool:
    """Whether the words of a message that say something give a child's age and little more: "elle a 14 ans"."""
    words = _telling_words(reading.text, reading.language)
    ages = [signal for signal in reading.signals if signal.age is not None]
    covered = sum(
        token.end - token.start
        for token in words
        if any(age.start <= token.start and token.end <= age.end for age in ages)
    )
    return covered >= FACT_SHARE * sum(token.end - token.start for token in words) > 0


def _telling_words(text: str, language: str) -> list[Token]:
    """The words of a message that say something by themselves: not "she", "has" or "really"."""
    code = resolve(language)
    analysis, grammar = Lexicon.load(code).read(text), load_grammar(code)
    matches = [match for name in PERSONS for match in analysis.by_id.get(name, ())]
    persons = {place for match in matches for place in range(match.first, match.last + 1)}
    return [
        token
        for place, token in enumerate(analysis.tokens)
        if token.word[0].isalnum() and place not in persons and token.word not in grammar.fillers | grammar.auxiliaries
    ]


def _is_adult(reading: Reading) -> bool:
    """Whether a short message only says of somebody that they are an adult ("she is 40", "a grown woman")."""
    most = WORDS_ABOUT_AGE if reading.label in (AGE_TOPIC, TELLS) else AGE_WORDS
    if is_question(reading.text, reading.language) or len(reading.text.split()) > most:
        return False
    found = Lexicon.load(resolve(reading.language)).read(reading.text).by_id
    said = found.get(ADULT_WORD, ())

    def is_said(place: Token | ConceptMatch) -> bool:
        return any(word.start <= place.start and place.end <= word.end for word in said)

    if any(not is_said(match) for name in SOMEBODY_ELSE for match in found.get(name, ())):
        return False
    age = stated_age(reading.text, reading.language)
    if age is not None:
        return age >= ADULT
    if not said or answer_among(reading.text, reading.language, PERSON) != PERSON[0]:
        return False
    words = _telling_words(reading.text, reading.language)
    return sum(not is_said(word) for word in words) <= BESIDE
