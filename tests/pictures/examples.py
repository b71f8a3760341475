"""What is typed where a picture is taken, by language: people of the cast, invented numbers and streets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """name, safe_time, safe_words, street: of the caller; post: what somebody wrote in public."""

    locale: str
    name: str
    phone: str
    safe_time: str
    safe_words: str
    street: str
    post: str


LINK = "https://example.org/posts/412"
EXAMPLES = {
    "en": Example(
        locale="en-GB",
        name="Alice",
        phone="+380 67 000 00 21",
        safe_time="after 18:00",
        safe_words="Say it is about the library book.",
        street="4 Linden Street",
        post="My grandmother in Kharkiv has had nothing to eat for two days. 4 Linden Street, third floor. "
        "Please ring me: +380 67 000 00 31, or write to alice@example.org",
    ),
    "de": Example(
        locale="de-DE",
        name="Alice",
        phone="+380 67 000 00 22",
        safe_time="nach 18:00",
        safe_words="Es geht um das Buch aus der Bücherei.",
        street="Lindenstraße 4",
        post="Meine Oma in Charkiw hat seit zwei Tagen nichts zu essen. Lindenstraße 4, dritter Stock. "
        "Bitte ruft mich an: +380 67 000 00 32, oder schreibt an alice@example.org",
    ),
    "nb": Example(
        locale="nb-NO",
        name="Alice",
        phone="+380 67 000 00 23",
        safe_time="etter kl. 18",
        safe_words="Si at det gjelder boka fra biblioteket.",
        street="Lindeveien 4",
        post="Bestemoren min i Kharkiv har ikke hatt mat på to dager. Lindeveien 4, tredje etasje. "
        "Ring meg: +380 67 000 00 33, eller skriv til alice@example.org",
    ),
    "uk": Example(
        locale="uk-UA",
        name="Аліса",
        phone="+380 67 000 00 24",
        safe_time="після 18:00",
        safe_words="Скажіть, що це про книжку з бібліотеки.",
        street="вул. Липова, 4",
        post="Моя бабуся в Харкові вже два дні без їжі, вул. Липова, 4, третій поверх. "
        "Телефонуйте мені: +380 67 000 00 34, або пишіть на alice@example.org",
    ),
    "ru": Example(
        locale="ru-RU",
        name="Алиса",
        phone="+380 67 000 00 25",
        safe_time="после 18:00",
        safe_words="Скажите, что это насчёт книги из библиотеки.",
        street="ул. Липовая, 4",
        post="Моя бабушка в Харькове уже два дня без еды, ул. Липовая, 4, третий этаж. "
        "Звоните мне: +380 67 000 00 35, или пишите на alice@example.org",
    ),
}
