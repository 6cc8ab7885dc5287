# cURL Example
curl -X GET https://api.ivalt.com/admin/public/api/organizations \
  -H "x-api-key: YOUR_API_KEY" \
  -H "Content-Type: application/json"
