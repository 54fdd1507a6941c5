"""The job: which words are in the texts below one address, and how often; the counts go to another."""

import sys

from pyspark.sql import SparkSession, functions

texts, counts = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
lines = spark.read.text(texts)
words = lines.select(functions.explode(functions.split("value", " ")).alias("word"))
counted = words.groupBy("word").count().orderBy(functions.desc("count"), "word")
counted.coalesce(1).write.mode("overwrite").csv(counts)
print("words:", counted.count())
