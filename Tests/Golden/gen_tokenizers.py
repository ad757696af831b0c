#!/usr/bin/env python3
"""Tokenizers of every supported form and the tokens they give, by Hugging Face's own library
(pip install tokenizers).

Writes tokenizers.json: a list of {"tokenizer": <a tokenizer.json>, "vectors": [[text, tokens], ...],
"plain": [tokens without special tokens of the first texts, ...]}; and unicode_classes.json: for
every class of characters that the splits know, as the library's regular expressions see it, the
ranges of code points as [first, last, first, last, ...].
"""
import json, os, random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

here = os.path.dirname(os.path.abspath(__file__))
generator = random.Random(1611)
llama3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
qwen2 = llama3.replace(r"\p{N}{1,3}", r"\p{N}")

# Blocks of many scripts, combining marks, digits, symbols, controls, private use, emoji.
blocks = [
    (0x20, 0x7F), (0x20, 0x7F), (0x20, 0x7F), (0xA0, 0x180), (0x250, 0x2B0), (0x300, 0x370), (0x370, 0x400),
    (0x400, 0x460), (0x531, 0x588), (0x5D0, 0x5EB), (0x600, 0x6FF), (0x900, 0x970), (0xB80, 0xBFF), (0xE01, 0xE5C),
    (0x1100, 0x1200), (0x10A0, 0x1100), (0x13A0, 0x13F6), (0x1680, 0x16A0), (0x17D0, 0x17EA), (0x1E00, 0x1E40),
    (0x2000, 0x2070), (0x2070, 0x20A0), (0x20A0, 0x20C1), (0x2150, 0x218A), (0x2190, 0x2200), (0x2460, 0x2500),
    (0x3000, 0x3040), (0x3041, 0x3097), (0x4E00, 0x4E80), (0xAC00, 0xAC60), (0xE000, 0xE010), (0xFB00, 0xFB07),
    (0xFE00, 0xFE10), (0xFF01, 0xFF5F), (0xFFF9, 0xFFFE), (0x10300, 0x10324), (0x1D400, 0x1D440), (0x1D7CE, 0x1D800),
    (0x1F1E6, 0x1F200), (0x1F466, 0x1F470), (0x1F3FB, 0x1F400), (0x20000, 0x20020), (0xE0020, 0xE0080),
]
spaces = "\t\n\x0b\x0c\r\x1c\x1f \x85\xa0\u1680\u2000\u2003\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"


def drawn(length):
    text = ""
    while len(text) < length:
        kind = generator.randrange(8)
        if kind == 0:
            text += generator.choice(spaces) * generator.randrange(1, 4)
        elif kind == 1:
            text += generator.choice(["'s", "'LL", "'re", "'T", "'\u017f", "don't", " 'tis", "\u2019s"])
        elif kind == 2:
            text += str(generator.randrange(10 ** generator.randrange(1, 8)))
        elif kind == 3:
            text += "".join(chr(generator.choice([0x660, 0x966, 0xE50, 0xFF10]) + generator.randrange(10)) for _ in range(generator.randrange(1, 5)))
        else:
            first, last = generator.choice(blocks)
            text += "".join(chr(generator.randrange(first, last)) for _ in range(generator.randrange(1, 6)))
    return text


words = "the of and in to that God he unto his for shall they be is him not them it with all thou".split()
prose = [" ".join(generator.choice(words) for _ in range(12)) + generator.choice(".,;:!?\n") for _ in range(400)]
fixed = [
    "", " ", "  ", "\n", "\r\n\r\n", " \n \n  x", "\u0000\u0001\u001f\u007f\u0080\u009f", "12345678 1 22 333 4444", "x" * 50, " " * 50 + "y",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f3fd \U0001f1e9\U0001f1ea", "e\u0301\u0323 \u1e69 \u212b \ufb01", "\ufffd\ufffe\uffff\U0010ffff",
    "it'\u017f \u017f'\u017fo I'M we'Ll 'Sa", "a<|begin|>b<|end|><|begin", "<mark><mark>x<mar", "a <|begin|><mark>", "\u0130\u0131\u00df\u1e9e",
]
configurations = []


def trained(pre_tokenizer, vocabulary, size, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=specials, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(vocabulary, trainer)
    return tokenizer


corpus = prose + [drawn(40) for _ in range(2000)]
byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
tokenizer = trained(pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(llama3), "isolated"), byte_level]), corpus, 900, ["<|begin|>", "<|end|>"])
tokenizer.add_tokens([AddedToken("<mark>", normalized=True), AddedToken("<mark><mark>", normalized=True)])
tokenizer.post_processor = processors.Sequence([
    processors.ByteLevel(trim_offsets=False),
    processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))]),
])
configurations.append((tokenizer, True, 1100))
tokenizer = trained(pre_tokenizers.ByteLevel(add_prefix_space=True), corpus, 700, ["<|end|>"])
tokenizer.post_processor = processors.TemplateProcessing(single="$A <|end|>", special_tokens=[("<|end|>", tokenizer.token_to_id("<|end|>"))])
configurations.append((tokenizer, False, 500))
tokenizer = trained(pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(qwen2), "isolated"), byte_level]), corpus, 700, [])
configurations.append((tokenizer, False, 500))
tokenizer = trained(pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]), corpus, 500, [])
configurations.append((tokenizer, False, 300))

result = []
for tokenizer, ignores_merges, count in configurations:
    document = json.loads(tokenizer.to_str())
    document["model"]["ignore_merges"] = ignores_merges
    tokenizer = Tokenizer.from_str(json.dumps(document))
    texts = fixed + [drawn(generator.randrange(1, 24)) for _ in range(count)]
    result.append({
        "tokenizer": document,
        "vectors": [[text, tokenizer.encode(text).ids] for text in texts],
        "plain": [tokenizer.encode(text, add_special_tokens=False).ids for text in fixed],
    })
with open(here + "/tokenizers.json", "w") as file:
    json.dump(result, file, separators=(",", ":"), ensure_ascii=False)

everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
classes = {}
for name, expression in [("letter", r"\p{L}"), ("number", r"\p{N}"), ("space", r"\s"), ("unassigned", r"\p{Cn}")]:
    codes = [ord(everything[start]) for _, (start, end) in pre_tokenizers.Split(Regex(f"(?!{expression})[\\s\\S]"), "removed").pre_tokenize_str(everything)
             for start in range(start, end)]
    ranges = []
    for code in codes:
        if ranges and code == ranges[-1] + 1:
            ranges[-1] = code
        else:
            ranges += [code, code]
    classes[name] = ranges
with open(here + "/unicode_classes.json", "w") as file:
    json.dump(classes, file, separators=(",", ":"))
