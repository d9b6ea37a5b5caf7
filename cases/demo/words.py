"""What the people of the demo say: all of it invented, about invented places."""

from dataclasses import dataclass

from cases.demo.plans import FANS, HELMETS, WAGES, WALL, Planned


@dataclass(frozen=True)
class Story:
    """One grievance of the demo. ``site`` is a key of `supplychain.demo.DemoChain.sites`, or "" for an unknown place;
    ``steps`` are done by `cases.demo.load` in order, each some hours after the other; "verify 2" is about the second
    step of its ``plan``."""

    language: str
    site: str
    place: str
    families: tuple[str, ...]
    openness: str
    days_ago: float
    statement: str
    steps: tuple[str, ...] = ()
    reply: str = ""
    answer: str = ""
    urgent: bool = False
    name: str = ""
    picture: bool = False
    plan: tuple[Planned, ...] = ()
    letter: str = ""


# From the words of somebody to a plan that was agreed with them, where the company admits what happened.
TO_A_PLAN = (
    "take_up", "screen", "acknowledge", "admit", "approve", "notify", "company_answers", "find", "seat_verifier",
    "propose", "agree", "wait",
)  # fmt: skip

STORIES = (
    Story(
        "sw", "mine", "Mlango wa shimo namba nne", ("WG", "OS"), "anonymous", 2,
        "Tumefanya kazi miezi miwili bila kulipwa. Msimamizi anasema subirini. Jana ukuta wa shimo ulianguka karibu na "
        "watu watatu. Hatuna kofia za kutosha.",
        ("take_up", "screen", "acknowledge", "reply", "answer"),
        reply="Asante kwa kutuandikia. Tumesoma maneno yako. Je, ukuta ulioanguka umezungushiwa uzio sasa?",
        answer="Hapana, bado watu wanafanya kazi chini yake.",
        picture=True,
    ),
    Story(
        "fr", "mine", "Près du bassin, côté village", ("EN", "CM"), "confidential", 9,
        "Depuis la saison des pluies, l'eau du bassin descend dans notre ruisseau. Les enfants ont des plaies sur les "
        "jambes et les poissons sont morts.",
        ("take_up",),
        name="Personne fictive",
    ),
    Story(
        "en", "refinery", "Furnace hall 2", ("WG",), "open", 40,
        "Our overtime has not been paid since March. Forty people work the night shift in furnace hall 2 and all of "
        "them wait for the same money.",
        ("take_up", "screen", "acknowledge", "reply", "approve", "notify"),
        reply="Thank you. We are asking the company for the wage records of the night shift.",
        name="Fictional Person",
    ),
    Story(
        "sw", "mine", "Barabara ya juu", ("SD",), "anonymous", 0.1,
        "Walinzi wamemchukua ndugu yangu usiku kwa sababu aliuliza kuhusu vumbi. Hatujui yuko wapi.",
        ("take_up",),
        urgent=True,
    ),
    Story(
        "ar", "aluminium", "قسم الصهر", ("OS",), "anonymous", 5,
        "لا توجد مراوح تعمل في قسم الصهر. أغمي على عاملين هذا الأسبوع من شدة الحر، وقيل لنا إن من يشتكي يفقد عمله.",
        ("take_up", "screen", "acknowledge"),
    ),
    Story(
        "id", "nickel", "Desa di muara sungai", ("EN", "LR"), "confidential", 16,
        "Air sungai berubah warna merah sejak pabrik dibuka. Kami tidak bisa lagi menangkap ikan di muara.",
        ("take_up", "screen", "acknowledge", "reply"),
        reply="Terima kasih. Kami sudah membaca cerita Anda dan sedang memeriksanya.",
        name="Orang Rekaan",
    ),
    Story(
        "es", "", "Un taller junto a la vía del tren, no sé el nombre de la empresa", ("WG", "FL"), "anonymous", 3,
        "Nos quitaron los documentos el primer día y dicen que debemos el viaje. No podemos salir del taller de noche.",
        ("take_up",),
    ),
    Story(
        "en", "cells", "Coating line", ("FA",), "open", 21,
        "Two of us were dismissed the week after we asked for a union meeting. The letter says restructuring, but "
        "nobody else was dismissed.",
        ("take_up", "screen", "acknowledge", "reply", "answer"),
        reply="We are sorry to hear this. Do you still have the letters?",
        answer="Yes, both of us kept them. We can send pictures.",
        name="Fictional Person",
    ),
    Story(
        "pt-br", "steel", "Portaria norte", ("CM",), "anonymous", 30,
        "Os caminhões passam a noite inteira na frente da escola e já houve dois acidentes este ano.",
        ("take_up", "screen", "acknowledge", "reply"),
        reply="Obrigado. Vamos perguntar sobre o horário dos caminhões.",
    ),
    Story(
        "hi", "steel", "भट्ठी के पास", ("OS", "DI"), "anonymous", 6,
        "ठेके के मज़दूरों को दस्ताने नहीं मिलते, पक्के मज़दूरों को मिलते हैं। पिछले महीने तीन लोगों के हाथ जल गए।",
        ("take_up", "screen"),
    ),
    Story(
        "en", "", "-", ("XX",), "anonymous", 12,
        "test test is this thing working",
        ("take_up", "set_aside"),
    ),
    Story(
        "fr", "mine", "Le nouveau terrain derrière la colline", ("LR", "IP"), "open", 60,
        "On a planté des bornes dans nos champs sans nous demander. Le chef a signé un papier que personne "
        "ne nous a lu.",
        ("take_up", "screen", "acknowledge", "reply", "approve", "notify"),
        reply="Merci. Nous demandons à l'entreprise le papier que le chef a signé.",
        name="Personne fictive",
    ),
    Story(
        "fr", "cells", "Ligne d'enduction", ("GB",), "confidential", 0.6,
        "Le chef d'équipe dit que celles qui ne sortent pas avec lui n'auront pas de contrat. Depuis que j'ai dit non, "
        "il m'attend le soir. Je ne veux pas que l'usine sache que j'ai parlé.",
        ("take_up", "screen", "acknowledge"),
        name="Personne fictive",
    ),
    Story(
        "sw", "mine", "Mto wa kuoshea mawe", ("CL",), "anonymous", 4,
        "Watoto wa miaka kumi wanaosha mawe mtoni tangu asubuhi. Hawaendi shule. Wawili wanakohoa sana.",
        ("take_up", "screen", "acknowledge"),
    ),
    Story(
        "en", "refinery", "Gate office", ("RT",), "open", 8,
        "Since I asked about the wages of the night shift, my gate pass is checked every day and I was moved to the "
        "acid tanks. The foreman says that he knows who wrote.",
        ("take_up", "screen", "acknowledge", "reply"),
        reply="Thank you for telling us. Please tell us at once if anything changes for you.",
        name="Fictional Person",
    ),
    Story(
        "sw", "mine", "Shimo namba nne, zamu ya usiku", ("WG", "OS"), "open", 120,
        "Sisi wa zamu ya usiku hatujalipwa miezi miwili. Hatuna kofia wala buti, na ukuta wa shimo umelegea.",
        (*TO_A_PLAN, "claim 1", "verify 1", "yes 1", "claim 2", "verify 2", "no 2", "redo 2", "wait", "claim 2",
         "verify 2", "no 2", "seat_panel", "claim 3"),
        name="Mtu wa Kubuniwa",
        plan=(WAGES, HELMETS, WALL),
    ),
    Story(
        "ar", "aluminium", "قسم الصبّ", ("OS",), "open", 200,
        "كان الحر في قسم الصبّ لا يُحتمل، ولم يكن هناك مكان للراحة ولا ماء بارد. أغمي على ثلاثة منا في الصيف الماضي.",
        (*TO_A_PLAN, "claim 1", "wait", "verify 1", "yes 1", "monitor", "wait", "close", "rate"),
        name="شخص خيالي",
        plan=(FANS,),
        letter="رُكّبت المراوح وفُتح مكان الراحة، وأكدتَ أنت ذلك. لهذا نغلق قضيتك. يمكنك أن تكتب إلينا متى شئت.",
    ),
)  # fmt: skip
