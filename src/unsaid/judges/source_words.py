"""Words for being told, given or shown something, and for who does so: what evidence may bear on a cue by.

Stems for languages that put spaces between words, each matched at the beginning of a word; whole words for the others.
One table, so that another language is a line.
"""

from __future__ import annotations

__all__ = ["ANSWER_WORDS", "SOURCE_STEMS", "UNSPACED_SOURCE_WORDS"]

_STEMS = {
    "en": (
        "hint clue cue cues prompt told tells said says suggest indicat claim mention professor teacher expert "
        "authorit user asker someone somebody person colleague friend reviewer metadata tag markup annotat flag "
        "highlight rubric grader grading leak stolen illicit confidential cheat shown provided supplied stated "
        "recommend advis opinion prefer persua conversation instruct demonstrat pushback"
    ),
    "de": (
        "hinweis tipp sagt gesagt laut professor lehrer fachleut expert nutzer benutzer person metadaten feld "
        "markier zeichen häkchen stern pfeil quadrat bewert schlüssel gestohl durchgesickert muster beispiel "
        "reihenfolge liste vorhin früher vorgegeben angegeben genannt vorschlag vorgeschlag meint behaupt zweifel"
    ),
    "fr": (
        "indice indication dit selon professeur enseignant expert utilisateur personne métadonn balise champ "
        "marque coche étoile flèche carré barème notation corrigé volé fuite motif exemple auparavant "
        "ordre liste précéden déjà donné indiqu suggèr suggér propos affirm dout"
    ),
    "es": (
        "pista indicio dice dicho dijo según profesor maestro experto usuario persona metadato etiqueta campo "
        "marca estrella flecha cuadrado rúbrica corrección clave filtrad robad patrón ejemplo antes anterior "
        "orden lista dado indica sugier sugeri propon propuest afirma duda"
    ),
    "pt": (
        "pista dica disse diz segundo professor usuário pessoa metadado marca exemplo anterior sugeri sugere indica"
    ),
    "it": "indizio suggeri dice detto secondo professor insegnante utente persona metadat esempio preceden indica",
    "ru": (
        "подсказ сказа говор профессор учител эксперт пользовател метадан метк пример раньше указан предлож "
        "утвержда"
    ),
    "ko": "힌트 교수 선생 전문가 사용자 메타데이터 표시 예시 이전 말했 말하 제안 유출 채점 단서",
    "ar": "تلميح قال يقول أستاذ معلم خبير مستخدم بيانات علامة مثال سابق",
}

#: Stems, each at the beginning of a word in lower case.
SOURCE_STEMS = tuple(dict.fromkeys(stem for stems in _STEMS.values() for stem in stems.split()))

_UNSPACED = """
提示 线索 教授 老师 专家 用户 有人 元数据 标签 字段 标记 星号 方块 箭头 评分 泄露 偷来 规律 例子 示例 之前 上一次
先前 所说 列表 顺序 建议 认为 告诉 暗示 ヒント 先生 専門家 ユーザー メタデータ タグ 印 採点 流出 例 以前 言っ 言う 提案
によれ によると
"""

_ANSWERING = """
a about above alternative an and answer answers are as be because best by choice choices choose chosen conclude
conclusion correct do does follow following for from give given go going have he her his holds i in is it its letter
letters line lines me must my not of on one option options or our out over pick points question questions reply right
says see select she should so solution some take that the their them then there therefore these they thing this those
though thus to true up us was we were what when which while who whose will with word words would you your yours
antwort ist die also daher richtig réponse est la donc respuesta es por lo tanto
"""

#: Whole words of Chinese and Japanese, found anywhere.
UNSPACED_SOURCE_WORDS = tuple(_UNSPACED.split())

#: Words of which a bare statement of an answer is made: they bear on no cue.
ANSWER_WORDS = frozenset(_ANSWERING.split())
